import type { Node } from "node-red";
import type { CloudError } from "../../cloud/core/errors";

/** The part that this file needs of the flow that a node runs in, which Node-RED does not document. */
interface Flow {
  readonly catchNodes: readonly CatchNode[];
  /** The flow that a subflow is used in. */
  readonly parent?: unknown;
  /** Hands an error to the Catch nodes that `reporter` is in the scope of; tells whether there is one. */
  handleError(source: Node, error: Error, message: object, reporter: Node): boolean;
}

interface CatchNode {
  receive(message: object): void;
}

/** Faults that can be told by whoever meets them first, by their error. */
const owners = new WeakMap<CloudError, SharedFaults>();

/** Returns who tells of an error that several nodes meet; `undefined` where it concerns one node only. */
export function ownerOfFault(error: CloudError): SharedFaults | undefined {
  return owners.get(error);
}

/**
 * Tells of the faults of an account or device that many nodes use: each Catch node that has one of them in its scope
 * hears once of a kind of fault, until all is well again. Node-RED itself would tell it once for each of the nodes.
 */
export class SharedFaults {
  readonly #source: Node;
  /** Who has heard, by the code of the fault. */
  readonly #told = new Map<string, { heard: WeakSet<CatchNode>; isLogged: boolean }>();

  /** @param source the account or device, which the error is said to come from */
  constructor(source: Node) {
    this.#source = source;
  }

  /** Has an error told here, whoever meets it. */
  own(error: CloudError): void {
    owners.set(error, this);
  }

  /** Tells the Catch nodes of these nodes that have not heard of it; where there is none, the log. */
  tell(error: CloudError, concerned: Iterable<Node>): void {
    const told = this.#told.get(error.code) ?? { heard: new WeakSet(), isLogged: false };
    this.#told.set(error.code, told);
    let isHeard = false;
    for (const reporter of concerned) {
      const { _flow: flow } = reporter as Node & { _flow?: unknown };
      // As Node-RED finds them: by scope, group, and out of subflows.
      if (isFlow(flow)) isHeard = onceEach(flow, told.heard).handleError(this.#source, error, {}, reporter) || isHeard;
    }
    if (isHeard || told.isLogged) return;
    told.isLogged = true;
    this.#source.error(error);
  }

  /** Notes that all is well, so that the next fault is told again. */
  recovered(): void {
    this.#told.clear();
  }
}

function isFlow(flow: unknown): flow is Flow {
  return (
    typeof flow === "object" &&
    flow !== null &&
    "catchNodes" in flow &&
    Array.isArray(flow.catchNodes) &&
    "handleError" in flow &&
    typeof flow.handleError === "function"
  );
}

/**
 * Returns a flow like the given one, whose Catch nodes take what they have not heard. They stay where they are, since
 * an error that one of them takes does not go on to those for the rest, or out of a subflow.
 */
function onceEach(flow: Flow, heard: WeakSet<CatchNode>): Flow {
  const catchNodes = flow.catchNodes.map((node) => {
    const receive = (message: object): void => {
      if (heard.has(node)) return;
      heard.add(node);
      node.receive(message);
    };
    return Object.create(node, { receive: { value: receive } }) as CatchNode;
  });
  const parent = isFlow(flow.parent) ? onceEach(flow.parent, heard) : flow.parent;
  return Object.create(flow, { catchNodes: { value: catchNodes }, parent: { value: parent } }) as Flow;
}
