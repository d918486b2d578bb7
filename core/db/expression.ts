import type { Change, Condition } from "./store.ts";

/** A DynamoDB expression under construction: every name and value goes through a placeholder. */
export class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};
  #count = 0;

  name(path: string): string {
    return path
      .split(".")
      .map((part) => {
        const known = Object.entries(this.names).find(([, name]) => name === part)?.[0];
        const placeholder = known ?? `#n${Object.keys(this.names).length}`;
        this.names[placeholder] = part;
        return placeholder;
      })
      .join(".");
  }

  value(value: unknown): string {
    this.#count += 1;
    const placeholder = `:v${this.#count}`;
    this.values[placeholder] = value;
    return placeholder;
  }

  condition(when: Condition | undefined): string | undefined {
    if (!when) return undefined;
    const clauses = [
      ...(when.exists === undefined
        ? []
        : [`${when.exists ? "attribute_exists" : "attribute_not_exists"}(pk)`]),
      ...Object.entries(when.equals ?? {}).map(
        ([path, value]) => `${this.name(path)} = ${this.value(value)}`,
      ),
      ...Object.entries(when.oneOf ?? {}).map(
        ([path, values]) => `${this.name(path)} IN (${values.map((value) => this.value(value)).join(", ")})`,
      ),
      ...Object.entries(when.below ?? {}).map(([path, value]) => `${this.name(path)} < ${this.value(value)}`),
    ];
    return clauses.length > 0 ? clauses.join(" AND ") : undefined;
  }

  update(change: Extract<Change, { update: unknown }>): string {
    const set = Object.entries(change.set ?? {}).map(
      ([path, value]) => `${this.name(path)} = ${this.value(value)}`,
    );
    const add = Object.entries(change.add ?? {}).map(([path, value]) => {
      const name = this.name(path);
      return `${name} = if_not_exists(${name}, ${this.value(0)}) + ${this.value(value)}`;
    });
    const unset = (change.unset ?? []).map((path) => this.name(path));
    const parts = [...set, ...add];
    return [
      parts.length > 0 ? `SET ${parts.join(", ")}` : "",
      unset.length > 0 ? `REMOVE ${unset.join(", ")}` : "",
    ]
      .join(" ")
      .trim();
  }

  /** The placeholders in the form in which a command takes them. */
  get placeholders() {
    return {
      ...(Object.keys(this.names).length > 0 ? { ExpressionAttributeNames: this.names } : {}),
      ...(Object.keys(this.values).length > 0 ? { ExpressionAttributeValues: this.values } : {}),
    };
  }
}
