/** Returns a translated text by its key, with values filled in. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;
