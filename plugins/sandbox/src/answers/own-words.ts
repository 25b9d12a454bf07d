/**
 * What a user said, without what their client put around it: coding agents send the environment, reminders and the rules
 * of a project as the user's words, in elements such as `<environment_context>`. Instructions in the middle of a conversation
 * come in `<system>`.
 */
export function ownWords(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (const { 0: tag, 1: name = "", index } of text.matchAll(/<([a-z][\w-]*)(?:\s[^<>]*)?>/gi)) {
    if (index < from || !clientsTag.test(name)) continue;
    const end = text.indexOf(`</${name}>`, index + tag.length);
    if (end === -1) break;
    kept.push(withoutHeading(text.slice(from, index)));
    from = end + name.length + 3;
  }
  const words = [...kept, text.slice(from)].join("").trim();
  return from === 0 ? text : words;
}

/** The rules of a project have a heading of their own: "# AGENTS.md instructions for …". */
function withoutHeading(text: string): string {
  const lastLine = text.trimEnd().lastIndexOf("\n") + 1;
  return text.charAt(lastLine) === "#" ? text.slice(0, Math.max(lastLine - 1, 0)) : text;
}

const clientsTag =
  /(?:^|[_-])(?:context|details|environment|instructions|memory|metadata|permissions|reminder|rules|skills|system|tools)$/i;

/** Whether a text only greets, or only asks for a greeting. */
export function isGreeting(text: string): boolean {
  return text.length < 100 && greeting.test(text);
}

const greeting = new RegExp(
  String.raw`^[^\p{L}]*(?:(?:please|just|say|tell me)\s+)*` +
    `(?:hi|hey|hello|hallo|hola|bonjour|ciao|good (?:morning|afternoon|evening|day)|你好|您好|嗨|哈囉|こんにちは|안녕하세요)` +
    String.raw`(?:[\s,]+(?:there|world|all|everyone|again|friend|please|to me|in one (?:word|sentence)))*[^\p{L}]*$`,
  "iu",
);
