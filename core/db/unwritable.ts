/** A write that DynamoDB refuses however often it is tried: too large, contradictory, or not valid. */
export class Unwritable extends Error {
  readonly why: "size" | "contradiction" | "invalid";

  constructor(why: Unwritable["why"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Unwritable";
    this.why = why;
  }
}
