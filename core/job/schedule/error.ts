/** A schedule that cannot be used as written. `field` is the part that is wrong, `timezone` included. */
export class ScheduleError extends Error {
  override name = "ScheduleError";
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super(field === undefined ? message : `${field}: ${message}`);
    this.field = field;
  }
}
