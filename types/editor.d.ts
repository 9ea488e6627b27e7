/**
 * The part of the editor's API that this package uses, as Node-RED 4.1 and 5 have it. The published types
 * (`@types/node-red`) lack validators with a reason, labels of defaults and `categoryDescription`, and an existing
 * member cannot be changed by augmentation; so these few are written out.
 */

/** A node as the editor holds it, with its fields. */
interface EditorNode {
  id: string;
  type: string;
  /** Has changes that are not deployed. */
  changed?: boolean;
  /** What was typed since the last deploy; `__PWRD__` stands for a stored secret. */
  credentials?: Record<string, unknown>;
  _(key: string, values?: Record<string, string | number>): string;
  [field: string]: unknown;
}

interface FieldDefinition {
  value: string | number | boolean;
  /** The type of a configuration node. */
  type?: string;
  required?: boolean;
  label?: string;
  /** Gives `true`, or the reason why the value is not accepted. Both parameters must be declared, or a reason counts as valid. */
  validate?: (this: EditorNode, value: unknown, options: { label?: string }) => boolean | string;
}

interface NodeDefinition {
  category: string;
  categoryDescription?: string;
  color?: string;
  defaults: Record<string, FieldDefinition>;
  credentials?: Record<string, { type: "text" | "password" }>;
  inputs?: 0 | 1;
  outputs?: number;
  inputLabels?: string;
  outputLabels?: string | string[];
  icon?: string;
  align?: "left" | "right";
  paletteLabel?: string | ((this: EditorNode) => string);
  label?: (this: EditorNode) => string;
  labelStyle?: (this: EditorNode) => string;
  oneditprepare?: (this: EditorNode) => void;
  oneditsave?: (this: EditorNode) => void;
  oneditcancel?: (this: EditorNode) => void;
}

declare const RED: {
  _(key: string, values?: Record<string, string | number>): string;
  nodes: {
    registerType(type: string, definition: NodeDefinition): void;
    node(id: string): EditorNode | null;
  };
  popover: { tooltip(target: JQuery, text: string): unknown };
};
