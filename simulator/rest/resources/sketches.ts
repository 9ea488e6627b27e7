import { randomUUID } from "node:crypto";
import type { Thing } from "../../store/models";
import { rfc3339 } from "../../store/store";
import { Failure, notFound } from "../failure";
import type { Fields } from "../fields";
import type { Call, Route } from "../route";
import { thingOf } from "./things";
import { thingView, type View } from "../views";

const version: Fields = { sketch_version: { kind: "string", values: ["v1", "v2"] } };

const changed = (call: Call, thing: Thing): View => {
  thing.updated_at = rfc3339(Date.now());
  return thingView(call.store, thing, true);
};

/**
 * Makes a sketch.
 * @throws Failure 412 where there is one already
 */
function create(call: Call): View {
  const thing = thingOf(call);
  if (thing.sketch_id !== undefined) throw new Failure(412, "the thing has a sketch");
  thing.sketch_id = randomUUID();
  return changed(call, thing);
}

function update(call: Call): View {
  const thing = thingOf(call);
  if (thing.sketch_id !== call.params.sketchId) throw notFound("sketch");
  return changed(call, thing);
}

function remove(call: Call): View {
  const thing = thingOf(call);
  if (thing.sketch_id === undefined) throw notFound("sketch");
  delete thing.sketch_id;
  return changed(call, thing);
}

const sketch = "/iot/v2/things/:id/sketch";

/** Sketches of things: only their ids (docs/operations.md#things). */
export const sketchRoutes: readonly Route[] = [
  { method: "PUT", path: sketch, answers: "thing", success: 201, body: version, handle: create },
  {
    method: "PUT",
    path: `${sketch}/:sketchId`,
    answers: "thing",
    emptyErrors: [],
    body: version,
    handle: update,
  },
  { method: "DELETE", path: sketch, answers: "thing", handle: remove },
];
