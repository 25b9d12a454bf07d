/** From the primary to its workers. */
export type PrimaryMessage =
  | { readonly agproxy: "stop"; readonly reason: string }
  | { readonly agproxy: "reload" };

/** From a worker to the primary: it takes requests. */
export interface ReadyMessage {
  readonly agproxy: "ready";
}
