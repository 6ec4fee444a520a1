/** Describes a value of a job: its type, and what is in it. */
export type Description =
  | TextDescription
  | IntegerDescription
  | FlagDescription
  | ListDescription
  | MapDescription
  | ObjectDescription
  | SpecDescription
  | AnyDescription
  | ChoiceDescription;

interface TextDescription {
  readonly type: 'text';
  /** The only values that servers know. Compared without regard to case if `ignoresCase` is set. */
  readonly values?: readonly string[];
  readonly ignoresCase?: true;
  /** What to pass, as a message and an editor say it: `an image that the nodes can pull`. */
  readonly example?: string;
}

interface IntegerDescription {
  readonly type: 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
}

interface FlagDescription {
  readonly type: 'flag';
}

interface ListDescription {
  readonly type: 'list';
  readonly items: Description;
}

/** Describes an object whose keys its author chooses. */
interface MapDescription {
  readonly type: 'map';
}

export interface ObjectDescription {
  readonly type: 'object';
  readonly fields: Fields;
}

/** Describes a pair of `Type` and the `Params` that it takes; those of an unknown type are not looked at. */
export interface SpecDescription {
  readonly type: 'spec';
  /** The params by type, in lower case. */
  readonly params: Readonly<Record<string, Fields>>;
  /** How the types are spelt. */
  readonly types: readonly string[];
  readonly allowsBlank?: true;
}

/** Describes a value that is not looked at. */
interface AnyDescription {
  readonly type: 'any';
}

/** Describes a value that has one of two forms: a text, or an object. */
interface ChoiceDescription {
  readonly type: 'textOrObject';
  readonly object: ObjectDescription;
}

export type Field = Description & { readonly isRequired?: true };
export type Fields = Readonly<Record<string, Field>>;

/** What describes a value of a TypeScript type. */
type DescriptionOf<T> = [T] extends [string]
  ? TextDescription
  : [T] extends [number]
    ? IntegerDescription
    : [T] extends [boolean]
      ? FlagDescription
      : [T] extends [readonly unknown[]]
        ? ListDescription
        : [T] extends [string | object]
          ? MapDescription | ObjectDescription | SpecDescription | ChoiceDescription
          : Description;

/** The descriptions of all fields of a type, so that the compiler notices one that is missing, too much or of another type. */
export type FieldsOf<T> = {
  readonly [Name in keyof T & string]-?: DescriptionOf<NonNullable<T[Name]>> &
    (undefined extends T[Name] ? { readonly isRequired?: never } : { readonly isRequired: true });
};

export const text = (example?: string) => ({ type: 'text', ...(example !== undefined && { example }) }) as const;
/** Describes one of the texts that servers know. */
export const oneOf = (...values: readonly string[]) => ({ type: 'text', values }) as const;
/** Describes the same, where servers ignore the case. */
export const oneOfAnyCase = (...values: readonly string[]) => ({ type: 'text', values, ignoresCase: true }) as const;
export const integer = (minimum?: number, maximum?: number) =>
  ({ type: 'integer', ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) }) as const;
export const flag = { type: 'flag' } as const;
export const any = { type: 'any' } as const;
export const map = { type: 'map' } as const;
export const list = (items: Description) => ({ type: 'list', items }) as const;
export const object = <T>(fields: FieldsOf<T>) => ({ type: 'object', fields }) as const;
export const required = <D extends Description>(description: D): D & { readonly isRequired: true } => ({
  ...description,
  isRequired: true,
});

/** Describes a pair of `Type` and `Params`. */
export const spec = (params: Readonly<Record<string, Fields>>, { allowsBlank }: { allowsBlank?: true } = {}) =>
  ({
    type: 'spec',
    types: Object.keys(params),
    params: Object.fromEntries(Object.entries(params).map(([type, fields]) => [type.toLowerCase(), fields])),
    ...(allowsBlank && { allowsBlank }),
  }) as const;
