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
  /** How its type was registered. */
  _def: NodeDefinition;
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
  credentials?: Record<string, { type: "text" | "password"; required?: boolean; label?: string }>;
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

/** A node on the canvas; coordinates are those of its middle. */
interface CanvasNode extends EditorNode {
  x: number;
  y: number;
  z: string;
}

/** A node as flow files have it. */
type ExportedNode = Record<string, unknown> & { id: string; type: string };

/** A tab with a flow. */
interface EditorTab {
  id: string;
  changed?: boolean;
  env?: { name: string; value: string; type: string }[];
}

/** A step that the editor can undo. */
type HistoryEvent = Record<string, unknown> & { t: string };

/** A tab of the sidebar. */
interface SidebarTab {
  id: string;
  /** On the tab. */
  label: string;
  /** In menus and tooltips. */
  name: string;
  content: JQuery;
  iconClass: string;
  pinned: boolean;
  /** Usable while a form is open. */
  enableOnEdit: boolean;
  /** The action that shows it. */
  action: string;
}

/** The editor's field for values of several types. */
interface JQuery {
  typedInput(options: {
    default: string;
    types: (string | { value: string; label: string; hasValue: boolean })[];
  }): this;
  typedInput(part: "type" | "value"): string;
  typedInput(part: "type" | "value", value: string): this;
}

/** The name of the file of `resources/` that holds the shared code; set by scripts/build.ts. */
declare const SHARED_CODE_FILE: string;

/** The names of the files of `resources/` that hold the parts of `nodes/editor/parts/`; set by scripts/build.ts. */
declare const PART_FILES: Readonly<Record<keyof import("../nodes/editor/load-part").Parts, string>>;

/** What the form of manage offers; set by scripts/build.ts. */
declare const FORM_TABLE: import("../nodes/manage/form-operations").FormTable;

declare const RED: {
  /** `lang` is that of the editor, as "de" or "en-US". */
  i18n: { lang(): string };
  _(key: string, values?: Record<string, string | number>): string;
  nodes: {
    registerType(type: string, definition: NodeDefinition): void;
    node(id: string): EditorNode | null | undefined;
    eachConfig(visit: (node: EditorNode) => unknown): void;
    /** How a type was registered; nothing where it is not. */
    getType(type: string): NodeDefinition | null | undefined;
    eachNode(visit: (node: CanvasNode) => void): void;
    add(node: CanvasNode, options?: { source: string }): CanvasNode;
    /** Gives a new id. */
    id(): string;
    /** All that the editor holds, with credentials that are typed and not deployed. */
    createCompleteNodeSet(): ExportedNode[];
    clear(): void;
    remove(id: string): void;
    /** Tells config nodes by whom they are used. */
    updateConfigNodeUsers(node: EditorNode, options: { action: "add" | "remove" }): void;
    /** Returns a tab. */
    workspace(id: string): EditorTab | null | undefined;
    import(nodes: readonly ExportedNode[]): { nodes: EditorNode[] };
    /** What was deployed last; with a parameter, sets it. */
    originalFlow(flow?: object): object;
    /** The revision of what was deployed last. */
    version(): string;
    dirty(isDirty?: boolean): boolean;
  };
  /** `context` names the context stores of the runtime. */
  settings: {
    context?: { default: string; stores: string[] };
    /** Where the admin API is, as seen from the editor's page; blank or with a slash at the end. */
    apiRootUrl: string;
  };
  popover: { tooltip(target: JQuery, text: string): unknown };
  plugins: { registerPlugin(id: string, definition: { type: string; onadd: () => void }): void };
  sidebar: {
    addTab(tab: SidebarTab): void;
    removeTab(id: string): void;
    containsTab(id: string): boolean;
    show(id: string): void;
    config: { refresh(): void };
  };
  palette: { refresh(): void };
  menu: { addItem(menu: string, item: { id: string; label: string; onselect: string }): void };
  actions: {
    add(name: string, handler: () => void, options?: { label: string }): void;
    remove(name: string): void;
    invoke(name: string, options?: object): void;
  };
  hooks: {
    add(hook: string, listener: (event: { node: CanvasNode; el: SVGElement }) => void): void;
    remove(hook: string): void;
  };
  events: {
    on(event: string, listener: (node: EditorNode, options?: { source?: string }) => void): void;
    emit(event: string, about: unknown): void;
  };
  notify(text: string, type: "warning" | "error"): unknown;
  notify(
    text: JQuery,
    options: {
      type: "success" | "warning";
      timeout?: number;
      fixed?: boolean;
      modal?: boolean;
      buttons?: { text: string; class?: string; click: () => void }[];
    },
  ): { close(): void };
  clipboard: { copyText(text: string, shownAt: JQuery, message: string): boolean };
  history: { push(event: HistoryEvent): void };
  editor: {
    validateNode(node: EditorNode): boolean;
    editConfig(name: string, type: string, id: string): void;
  };
  group: { addToGroup(group: object, node: CanvasNode): void };
  workspaces: {
    active(): string | 0;
    isLocked(): boolean;
    refresh(): void;
    show(id: string | 0, skipStack: boolean): void;
  };
  /** The states of the view. */
  state: { EDITING: number; IMPORT_DRAGGING: number };
  view: {
    state(): number;
    scale(): number;
    readonly snapGrid: boolean;
    /** Adds nodes as a step that undo takes back. */
    importNodes(
      nodes: readonly ExportedNode[],
      options: { generateIds: boolean; addFlow: boolean; notify: boolean },
    ): unknown;
    createNode(type: string): { node: CanvasNode; historyEvent: HistoryEvent };
    getGroupAtPoint(x: number, y: number): object | null;
    redraw(updateActive: boolean, now?: boolean): void;
    /** Brings a node into sight, on whatever tab it is. */
    reveal(id: string): void;
    /** Gives the keyboard to the canvas. */
    focus(): void;
    select(selection: { nodes: CanvasNode[] }): void;
    tools: { calculateGridSnapOffsets(node: CanvasNode): { x: number; y: number } };
  };
};
