import schema from "../../../docs/alias.schema.json" with { type: "json" };

/** A schema, as far as the editor asks it. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | null)[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

const root = schema as Schema & { readonly $defs: Readonly<Record<string, Schema>> };

/** The schema of a value, by the keys that lead to it; undefined where the schema has nothing there. */
export function schemaAt(path: readonly string[]): Schema | undefined {
  return path.reduce<Schema | undefined>((outer, key) => {
    const { properties, items, additionalProperties } = resolved(outer);
    const own = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
    return own ?? items ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
  }, root);
}

/** A schema with what it refers to; its own words count. */
export function resolved(schema: Schema | undefined): Schema {
  const name = schema?.$ref?.replace("#/$defs/", "");
  return name === undefined ? (schema ?? {}) : { ...root.$defs[name], ...schema };
}

/** The words that a value may be, where the schema lists them. */
export function wordsOf(schema: Schema | undefined): readonly string[] {
  const { enum: words = [], anyOf = [] } = resolved(schema);
  return [...words, ...anyOf.flatMap((each) => each.enum ?? [])].filter((word) => word !== null);
}
