import type { CloudAccount } from "../../cloud/account";
import { CatchUp } from "../../cloud/catch-up/catch-up";
import type { CaughtSource } from "../../cloud/catch-up/catch-up-options";
import { systemClock } from "../../cloud/core/clock";
import type { CloudError } from "../../cloud/core/errors";
import type { LiveValue, ValueFlaw } from "../../cloud/live-values/value-feed";
import type { Direction } from "../../cloud/mqtt/topics";
import type { KnownThing } from "../../cloud/rest/index";

/** Events of the values of a thing. */
interface ThingValuesEvents {
  value: (live: LiveValue, source: CaughtSource) => void;
  onFlaw: (variable: string, flaw: ValueFlaw) => void;
  /** Told why the broker refuses the thing's values; undefined when it no longer does. */
  onRefused: (error: CloudError | undefined) => void;
  onWarning: (message: string) => void;
  onError: (error: CloudError) => void;
}

/** The word of the broker on a topic. */
type TopicStanding = "unknown" | "subscribed" | "refused";

const bothDirections = ["reported", "requested"] as const;

/**
 * Follows the values of a thing: first those that the cloud holds, then what its board reports and what others ask of
 * it, and behind an outage what has changed meanwhile. Returns the function that ends it.
 */
export function followValues(account: CloudAccount, thing: KnownThing, events: ThingValuesEvents): () => void {
  const catchUp = catchUpWith(account, thing, events);
  const states = new Map<Direction, TopicStanding>(bothDirections.map((one) => [one, "unknown"]));
  const stands = (direction: Direction, state: TopicStanding): void => {
    states.set(direction, state);
    const all = [...states.values()];
    if (all.every((one) => one === "subscribed")) events.onRefused(undefined);
    if (states.get("reported") !== "subscribed") catchUp.unsubscribed();
    else if (!all.includes("unknown")) catchUp.subscribed();
  };
  const ends = bothDirections.map((direction) =>
    account.feed.listen(thing.id, direction, "", {
      value: (live) => catchUp.value(live),
      flawed: events.onFlaw,
      subscribed: () => stands(direction, "subscribed"),
      refused: (error) => {
        events.onRefused(error);
        stands(direction, "refused");
      },
      lost: () => stands(direction, "unknown"),
    }),
  );
  catchUp.known(thing.properties);
  return () => {
    catchUp.stop();
    for (const end of ends) end();
  };
}

function catchUpWith(account: CloudAccount, thing: KnownThing, events: ThingValuesEvents): CatchUp {
  const { directory, client } = account.rest;
  return new CatchUp({
    client,
    clock: systemClock,
    variable: "",
    initial: true,
    mode: "last",
    // One list serves all things that were cut off by the same outage.
    lookUp: async (how) => {
      await directory.things(how);
      return directory.peek(thing.id) ?? directory.thing(thing.id, how);
    },
    sink: events.value,
    onWarning: events.onWarning,
    onError: events.onError,
  });
}
