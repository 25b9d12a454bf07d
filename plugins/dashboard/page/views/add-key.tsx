import { useRef, useState } from "preact/hooks";
import { act, session } from "../gateway.ts";
import { notice } from "../parts/notice.tsx";
import { words } from "../words.ts";

/** A key for another account, written into the accounts file. */
export function AddKey() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState("");
  const kinds = session.value?.kinds ?? [];
  if (kinds.length === 0) return null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const { kind, secret, label } = Object.fromEntries(new FormData(form));
    setFault("");
    const added = () => {
      form.reset();
      dialog.current?.close();
      notice(words.added);
    };
    act("accounts", { kind, secret, label }).then(added, (thrown: Error) =>
      setFault(thrown.message),
    );
  };
  return (
    <>
      <button class="button primary" type="button" onClick={() => dialog.current?.showModal()}>
        {words.addKey}
      </button>
      <dialog ref={dialog} aria-labelledby="add-key">
        <form onSubmit={submit}>
          <h2 id="add-key">{words.addKey}</h2>
          <label class="field">
            <span>{words.kind}</span>
            <select name="kind">
              {kinds.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{words.key}</span>
            <input name="secret" type="password" autocomplete="off" required />
          </label>
          <label class="field">
            <span>{words.labelOptional}</span>
            <input name="label" autocomplete="off" placeholder={words.labelHow} />
          </label>
          <p class="fault" role="alert">
            {fault}
          </p>
          <div class="dialog-buttons">
            <button class="button" type="button" onClick={() => dialog.current?.close()}>
              {words.cancel}
            </button>
            <button class="button primary" type="submit">
              {words.add}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
