/** No value has it. */
declare const unknownName: unique symbol;

type NamesOf<Params> = Params extends unknown ? keyof Params : never;
type ValueOf<Params, Name extends PropertyKey> = Params extends { [N in Name]?: infer Value } ? Value : never;

/**
 * A `Type` that this package does not know, or only at run time, such as that of a job that was read from a server or is in a
 * variable. In code, params whose names are unknown need a type that says so: `const Params: Record<string, unknown>`.
 */
export interface OtherSpec<KnownParams> {
  // The intersection keeps the known types among an editor's suggestions.
  Type: string & {};
  Params?: { [Name in NamesOf<KnownParams>]?: ValueOf<KnownParams, Name> } | { [unknownName]?: never };
}
