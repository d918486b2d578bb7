/** How an action is done to one guest: the detail of the item, as planned, and whether the guest runs now. */
export interface Manner {
  readonly detail: Readonly<Record<string, unknown>>;
  readonly runs: boolean;
}

/** What the rules and the engine have to know of an action. It stands in its domain, beside the effect that does it. */
export interface Action {
  /** As roles, audit rows and operations call it. */
  readonly name: string;
  /** Whether it ends or holds up what the guest does, or takes the guest away: always, never, or in this manner. */
  readonly interrupts: boolean | ((manner: Manner) => boolean);
  /** Whether `permissive` allows it on a foreign guest, in a manner that does not interrupt. */
  readonly harmless: boolean;
  /** What becomes of the guest that it names: it is only copied, it is changed, or it is yet to be made. */
  readonly subject: "copied" | "changed" | "made";
  /** Whether each item looks at its guest whatever the mode: what does not is never chosen by what was told long ago. */
  readonly looks: boolean;
  /** Whether a listing of the cluster shows afterwards what it did. */
  readonly listed: boolean;
}

/** An action that changes a guest, interrupts nothing, is not for foreign guests and shows in listings; `traits` say what differs. */
export const action = (name: string, traits: Partial<Omit<Action, "name">> = {}): Action => ({
  name,
  interrupts: false,
  harmless: false,
  subject: "changed",
  looks: true,
  listed: true,
  ...traits,
});

/** Whether an action interrupts a guest in this manner. */
export const isInterrupting = ({ interrupts }: Action, manner: Manner): boolean =>
  typeof interrupts === "boolean" ? interrupts : interrupts(manner);
