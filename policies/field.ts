/** A value that Pulumi does not know before `up`. */
export const unknown = Symbol("unknown before up");

/** A place in an object: its path, and what stands there. */
export class Field {
  /** Undefined where nothing is set: Kubernetes takes null for that, too. */
  readonly value: unknown;

  constructor(
    value: unknown,
    readonly path: string,
  ) {
    this.value = value ?? undefined;
  }

  get isSet(): boolean {
    return this.value !== undefined;
  }

  get isUnknown(): boolean {
    return this.value === unknown;
  }

  /** What lies in something unknown is the unknown thing itself. */
  at(...keys: readonly string[]): Field {
    return keys.reduce<Field>((field, key) => {
      if (field.isUnknown) return field;
      const path = field.path === "" ? key : `${field.path}.${key}`;
      return new Field(
        isObject(field.value) && Object.hasOwn(field.value, key) ? field.value[key] : undefined,
        path,
      );
    }, this);
  }

  /** The elements of a list, each with its name in its path, where it has one: `containers[1](redis)`. */
  items(): Field[] {
    if (this.isUnknown) return [this];
    if (!Array.isArray(this.value)) return [];
    return this.value.map((item, index) => {
      const name = isObject(item) && typeof item.name === "string" ? `(${item.name})` : "";
      return new Field(item, `${this.path}[${index}]${name}`);
    });
  }

  /** The fields of an object, in its order. */
  entries(): [key: string, field: Field][] {
    return isObject(this.value) ? Object.keys(this.value).map((key) => [key, this.at(key)]) : [];
  }

  /** True where it is not one of these, or not known to be; `undefined` stands for "not set". */
  isNot(...accepted: readonly unknown[]): boolean {
    return !accepted.includes(this.value);
  }

  /** As people read it. Objects are not shown: a secret could be in them. */
  toString(): string {
    if (!this.isSet) return "is not set";
    if (this.isUnknown) return "is not known before up";
    const shown = Array.isArray(this.value) ? this.value : [this.value];
    if (shown.some((each) => typeof each === "object" || each === unknown)) return "is set";
    return `is ${JSON.stringify(this.value)}`;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
