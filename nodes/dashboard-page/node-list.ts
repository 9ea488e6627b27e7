import type { SourceVariable } from "./dashboard";
import type { PageTexts } from "./notes";

/** A node as a flow file has it. */
export type PageNode = Record<string, unknown> & { id: string; type: string };

/** Columns of the canvas, in pixels from the left. */
const columns = { source: 160, change: 380, widget: 600, pause: 780, target: 960 } as const;
type Column = keyof typeof columns;

/** Settings that all nodes of a flow share. */
export interface FlowContext {
  /** The id of the account node. */
  account: string;
  /** Returns an id that no other node has. */
  newId: () => string;
  texts: PageTexts;
}

/** A node with an output to be wired. */
interface WiredNode extends PageNode {
  wires: [string[]];
}

/** The nodes of a flow as they come up, with their places on the canvas. */
export class NodeList {
  readonly nodes: PageNode[] = [];
  readonly context: FlowContext;
  readonly #tab: string;
  readonly #sources = new Map<string, WiredNode>();
  readonly #targets = new Map<string, WiredNode>();
  /** Where the next widget's nodes begin, and how many each column has by now. */
  #top = 80;
  #used = new Map<Column, number>();

  constructor(context: FlowContext, name: string) {
    this.context = context;
    this.#tab = this.addConfig("tab", { label: name, disabled: false, info: "" });
  }

  /** Adds a node that has no place on the canvas; returns its id. */
  addConfig(type: string, fields: Record<string, unknown>): string {
    const id = this.context.newId();
    this.nodes.push({ id, type, ...fields });
    return id;
  }

  /** Goes on below what there is on the canvas. */
  startRow(): void {
    this.#top += 40 * Math.max(1, ...this.#used.values()) + 20;
    this.#used = new Map();
  }

  /** Adds a node to a column of the canvas. */
  add(column: Column, type: string, fields: Record<string, unknown>, id = this.context.newId()): WiredNode {
    const used = this.#used.get(column) ?? 0;
    this.#used.set(column, used + 1);
    const place = { x: columns[column], y: this.#top + 40 * used };
    const node: WiredNode = { id, type, z: this.#tab, ...fields, ...place, wires: [[]] };
    this.nodes.push(node);
    return node;
  }

  /** Wires the output of a node to others. */
  wire(from: WiredNode, ...to: readonly PageNode[]): void {
    from.wires[0].push(...to.map(({ id }) => id).filter((id) => !from.wires[0].includes(id)));
  }

  /**
   * Returns the property in of a variable, one for all widgets: with its last value and then what changes; or with `isEach`
   * every value from now on.
   */
  source(variable: SourceVariable, isEach = false): WiredNode {
    const key = `${variable.id} ${String(isEach)}`;
    const fields = {
      ...this.#fieldsOf(variable),
      // What other dashboards write moves the widget too.
      direction: variable.isWritable ? "both" : "reported",
      emit: isEach ? "all" : "changed",
      deadband: 0,
      initial: !isEach,
      catchUp: "none",
      catchUpDelay: 15,
      ack: "sent",
      echo: true,
      inputs: 0,
      compatible: false,
    };
    return this.#once(this.#sources, key, () => this.add("source", "arduino-cloud-property-in", fields));
  }

  /** Returns the property out of a variable. Without a connection the last value waits, or with `isEach` all. */
  target(variable: SourceVariable, isEach = false): WiredNode {
    const key = `${variable.id} ${String(isEach)}`;
    const fields = {
      // In the node, not in the message: what a widget sends still has the thing of the last value that came in.
      ...this.#fieldsOf(variable),
      as: "user",
      whenOffline: isEach ? "queue" : "latest",
      queueLimit: 1000,
      confirm: "broker",
      confirmTimeout: 10,
      keepQueue: false,
    };
    return this.#once(this.#targets, key, () => this.add("target", "arduino-cloud-property-out", fields));
  }

  /** Adds a change node that sets the payload by JSONata, the topic to a text, or both. */
  change(name: string, { payload, topic }: { payload?: string; topic?: string }): WiredNode {
    const rules = [
      ...(payload === undefined ? [] : [{ t: "set", p: "payload", pt: "msg", to: payload, tot: "jsonata" }]),
      ...(topic === undefined ? [] : [{ t: "set", p: "topic", pt: "msg", to: topic, tot: "str" }]),
    ];
    return this.add("change", "change", { name, rules, action: "", property: "", from: "", to: "", reg: false });
  }

  /** Adds the node that reads the last day of a variable for a chart. */
  lastDay(variable: SourceVariable, aggregation: string): WiredNode {
    return this.add("change", "arduino-cloud-history", {
      ...this.#fieldsOf(variable),
      ...{ from: "-24h", to: "now", mode: "aggregate", interval: 300, aggregation, output: "chart" },
      ...{ chartFormat: "dashboard-2", batch: 1000, limit: 0, advance: "auto", compatible: false },
      ...{ since: "window", lookBack: 300, store: "" },
    });
  }

  #fieldsOf({ thing, variable, name }: SourceVariable): Record<string, string> {
    const { account } = this.context;
    const names = { thing: thing.id, thingName: thing.name, property: variable, propertyName: name };
    return { name: "", account, device: "", ...names };
  }

  #once(known: Map<string, WiredNode>, key: string, make: () => WiredNode): WiredNode {
    const present = known.get(key) ?? make();
    known.set(key, present);
    return present;
  }
}
