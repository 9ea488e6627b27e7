import type { FlowNode } from "./old-nodes";

/** A flow file: its nodes, and how to print others in their place, as the file is printed itself. */
interface FlowFile {
  flow: FlowNode[];
  print: (flow: readonly FlowNode[]) => string;
}

/**
 * Reads a flow file as Node-RED writes or exports it, or as its admin API gives it (`{flows, rev}`).
 * @param fault makes the error of a sentence that says what is wrong with the file
 */
export function parseFlowFile(text: string, fault: (reason: string) => Error): FlowFile {
  const content = parse(text, fault);
  const isWrapped = typeof content === "object" && content !== null && "flows" in content;
  const nodes: unknown = isWrapped ? content.flows : content;
  if (!Array.isArray(nodes)) throw fault("is not a flow file: an array of nodes is expected.");
  const wrong = nodes.findIndex((node) => !isNode(node));
  if (wrong !== -1) throw fault(`is not a flow file: its entry ${wrong} has no id or type.`);
  const indent = /^\s*[[{]\r?\n(\s+)/.exec(text)?.[1]?.replaceAll(/[\r\n]/g, "") ?? "";
  return {
    flow: nodes as FlowNode[],
    print: (flow) => `${JSON.stringify(isWrapped ? { ...content, flows: flow } : flow, null, indent)}\n`,
  };
}

function parse(text: string, fault: (reason: string) => Error): unknown {
  try {
    // Some editors put a byte order mark in front.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The parser's own message quotes the file, which may hold anything.
    throw fault("is not JSON.");
  }
}

function isNode(node: unknown): node is FlowNode {
  return (
    typeof node === "object" &&
    node !== null &&
    "id" in node &&
    typeof node.id === "string" &&
    "type" in node &&
    typeof node.type === "string"
  );
}
