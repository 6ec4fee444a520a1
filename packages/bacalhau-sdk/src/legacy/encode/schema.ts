/**
 * What a Go server's `encoding/json` makes of one of its types. Absent and zero values of most types are left out, those
 * of structs never; the order of fields is that of the table.
 */
export type Schema =
  | { readonly kind: 'text' | 'integer' | 'float' | 'boolean' | 'textMap' }
  | { readonly kind: 'enumeration'; readonly names: readonly string[] }
  | { readonly kind: 'list'; readonly of: Schema }
  | StructSchema
  /** A value that is written even if it is zero, and how it looks then. */
  | { readonly kind: 'always'; readonly of: Schema; readonly zero: string };

/** A Go struct: its fields by their JSON names, in the order in which they are written. */
export interface StructSchema {
  readonly kind: 'struct';
  readonly fields: Readonly<Record<string, Schema>>;
}

export const text = { kind: 'text' } as const;
export const integer = { kind: 'integer' } as const;
export const float = { kind: 'float' } as const;
export const boolean = { kind: 'boolean' } as const;
export const textMap = { kind: 'textMap' } as const;

export const list = (of: Schema): Schema => ({ kind: 'list', of });
export const enumeration = (...names: readonly string[]): Schema => ({ kind: 'enumeration', names });
export const always = (of: Schema, zero: string): Schema => ({ kind: 'always', of, zero });
export const struct = (fields: StructSchema['fields']): StructSchema => ({ kind: 'struct', fields });
