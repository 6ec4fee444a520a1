/** A `Type` that this package knows, and the params that it takes. */
export interface KnownSpec<Known extends string, KnownParams> {
  /** Which it is. Servers ignore the case. */
  Type: Known;
  /** What it takes. */
  Params: KnownParams;
}

/** A `Type` that this package knows, and that takes no params. */
export interface SpecWithoutParams<Known extends string> {
  /** Which it is. Servers ignore the case. */
  Type: Known;
  /** None. */
  Params?: Record<string, never>;
}

/** No value has it. */
declare const unknownName: unique symbol;

/** Params whose names are not known at compile time. No value has the field, so an object that is written out is none. */
type OtherParams = { [unknownName]?: never };

type NamesOf<Params> = Params extends unknown ? keyof Params : never;
type ValueOf<Params, Name extends PropertyKey> = Params extends { [N in Name]?: infer Value } ? Value : never;

/**
 * A `Type` that this package does not know, or only at run time, such as that of a job that was read from a server or is in a
 * variable. In code, params whose names are unknown need a type that says so: `const Params: Record<string, unknown>`.
 */
export interface OtherSpec<Known extends string, KnownParams> {
  /** Which it is. */
  // Any string. Written this way, editors propose the known types.
  Type: Known | (string & {});
  /** What it takes. Those of known types must have their types there. */
  Params?: { [Name in NamesOf<KnownParams>]?: ValueOf<KnownParams, Name> } | OtherParams;
}
