import { secretIn, secretNamed } from "./secrets/secret-shapes";

/** A value that Pulumi does not know before `up`. */
export const unknown = Symbol("unknown before up");

/** A place in an object: its path, and what stands there. */
export class Field {
  /** Undefined where nothing is set: Kubernetes takes null for that, too. */
  readonly value: unknown;

  /** The object itself where there is no parent; else what the parent has under this key. */
  constructor(
    value: unknown,
    readonly parent?: Field,
    readonly key: string | number = "",
  ) {
    this.value = value ?? undefined;
  }

  get isSet(): boolean {
    return this.value !== undefined;
  }

  get isUnknown(): boolean {
    return this.value === unknown;
  }

  /** The text that stands here; undefined where there is none, or where it is not known. */
  get text(): string | undefined {
    return typeof this.value === "string" ? this.value : undefined;
  }

  /** The number that stands here; undefined where there is none, or where it is not known. */
  get number(): number | undefined {
    return typeof this.value === "number" ? this.value : undefined;
  }

  /** As people write it, an element of a list with its name where it has one: `spec.containers[1](redis).image`. */
  get path(): string {
    if (!this.parent) return "";
    const before = this.parent.path;
    if (typeof this.key === "number") return `${before}[${this.key}]${nameOf(this.value)}`;
    return before === "" ? this.key : `${before}.${this.key}`;
  }

  /** As programs follow it: `["spec", "containers", 1, "image"]`. */
  get keys(): (string | number)[] {
    return this.parent ? [...this.parent.keys, this.key] : [];
  }

  /** What lies in something unknown is the unknown thing itself. */
  at(...keys: readonly string[]): Field {
    let field: Field = this;
    for (const key of keys) {
      if (field.isUnknown) return field;
      const inner = isObject(field.value) && Object.hasOwn(field.value, key) ? field.value[key] : undefined;
      field = new Field(inner, field, key);
    }
    return field;
  }

  /** The elements of a list; of an unknown one, itself. */
  items(): Field[] {
    if (this.isUnknown) return [this];
    return Array.isArray(this.value) ? this.value.map((item, index) => new Field(item, this, index)) : [];
  }

  /** The fields of an object, in its order; of an unknown one, none. */
  entries(): [key: string, field: Field][] {
    return isObject(this.value) ? Object.keys(this.value).map((key) => [key, this.at(key)]) : [];
  }

  /** True where it is not one of these, or not known to be; `undefined` stands for "not set". */
  isNot(...accepted: readonly unknown[]): boolean {
    return !accepted.includes(this.value);
  }

  /** The same place, of which nothing shows what stands there. */
  hidden(): Field {
    return new Field(this.isSet ? {} : undefined, this.parent, this.key);
  }

  /** As people read it. Objects are not shown, since a secret could be in them, nor is what looks like one. */
  toString(): string {
    if (!this.isSet) return "is not set";
    if (this.isUnknown) return "is not known before up";
    const shown = Array.isArray(this.value) ? this.value : [this.value];
    if (shown.some((each) => typeof each === "object" || each === unknown)) return "is set";
    if (shown.some((each) => this.mayBeSecret(each))) return "is set (not shown: it may be a secret)";
    return `is ${JSON.stringify(this.value)}`;
  }

  private mayBeSecret(value: unknown): boolean {
    const text = String(value);
    return secretIn(text) !== undefined || secretNamed(String(this.key), text);
  }
}

function nameOf(value: unknown): string {
  return isObject(value) && typeof value.name === "string" ? `(${value.name})` : "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
