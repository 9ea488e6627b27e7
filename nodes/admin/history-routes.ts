import type { NodeAPI } from "node-red";
import { fieldsOf, registerList } from "./routes";
import type { RetentionAnswer } from "./protocol";
import { textOf } from "../../cloud/core/text";

/**
 * Registers what the form of history asks for beside lists: `GET arduino-cloud/accounts/:id/things/:thing/retention` for a
 * deployed account, and `POST arduino-cloud/retention` with settings that are not deployed; permissions as with
 * `registerAdminRoutes`.
 */
export function registerHistoryRoutes(RED: NodeAPI): void {
  registerList(RED, "things/:thing/retention", "retention", async ({ directory, retention }, request, signal) => {
    const reference: unknown = request.params.thing ?? fieldsOf(request.body).thing;
    const thing = await directory.thing(textOf(reference), { signal });
    const answer: RetentionAnswer = { days: (await retention.days(thing.device_id, signal)) ?? null };
    return answer;
  });
}
