import type { RestOrder } from "../behaviour/faults";
import { errorBody, errorMedia } from "./failure";

/** An answer ready to be sent. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The plain text of a 429 (docs/protocol.md#errors). */
const tooManyRequests = "You have reached maximum request limit.";

/** Takes the first order that fits the request; one that is used up leaves the list. */
export function takeOrder(orders: RestOrder[], method: string, path: string): RestOrder | undefined {
  const index = orders.findIndex((order) => fits(order, method, path));
  const order = orders[index];
  if (!order) return undefined;
  const left = (order.times ?? 1) - 1;
  if (left <= 0) orders.splice(index, 1);
  else orders[index] = { ...order, times: left };
  return order;
}

function fits(order: RestOrder, method: string, path: string): boolean {
  if (order.method !== undefined && order.method.toUpperCase() !== method) return false;
  if (order.match === undefined) return true;
  return typeof order.match === "string" ? path.includes(order.match) : path.search(order.match) >= 0;
}

/**
 * Returns an error answer for `status` as the cloud words it: text for 429, else the error model
 * (docs/protocol.md#errors).
 */
export function errorAnswer(status: number, detail: string, code?: string): RawAnswer {
  if (status === 429) return { status, headers: { "content-type": "text/plain" }, body: tooManyRequests };
  const body = JSON.stringify(errorBody(status, detail, code));
  return { status, headers: { "content-type": errorMedia }, body };
}

/** Returns the answer that an order wants, or undefined where it only delays or drops. */
export function orderedAnswer(order: RestOrder): RawAnswer | undefined {
  if (order.status === undefined) return undefined;
  const usual = errorAnswer(order.status, "an error was ordered");
  if (order.body === undefined) return { ...usual, headers: { ...usual.headers, ...order.headers } };
  const [type, body] =
    typeof order.body === "string" ? ["text/plain", order.body] : ["application/json", JSON.stringify(order.body)];
  return {
    status: order.status,
    headers: { "content-type": type, ...order.headers },
    body,
  };
}
