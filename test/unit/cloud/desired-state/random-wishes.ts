import { readDevice, readList, readThing, type KnownThing } from "../../../../cloud/rest/index";
import type { BodyFields } from "../../../../cloud/desired-state/compare";
import { planDashboards, readDashboards } from "../../../../cloud/desired-state/dashboards";
import { ThingLinks } from "../../../../cloud/desired-state/links";
import type { Prune, PlanStep } from "../../../../cloud/desired-state/plan";
import { rawList } from "../../../../cloud/desired-state/properties";
import { planThings, readThings } from "../../../../cloud/desired-state/things";

type Part = Record<string, unknown> & { id: string };

/** A cloud in memory: as much of it as carrying out a plan needs, in the form in which the API answers. */
export class Model {
  things: (Part & { tags: Record<string, unknown>; properties: Part[] })[] = [];
  dashboards: (Part & { pages: Part[]; widgets: Part[] })[] = [];
  devices: Part[] = [];
  #last = 0;

  /** An id that looks like those of the API. */
  readonly newId = (): string => `00000000-0000-4000-8000-${String(++this.#last).padStart(12, "0")}`;

  planThings(wanted: readonly unknown[], prune: Prune): PlanStep[] {
    const state = { things: rawList(this.things), devices: readList(this.devices, readDevice) };
    return planThings(state, readThings(wanted), prune).steps;
  }

  planDashboards(wanted: readonly unknown[], prune: Prune): PlanStep[] {
    const links = new ThingLinks(readList(this.things, readThing) as KnownThing[]);
    const dashboards = this.dashboards.map((dashboard) => ({
      ...dashboard,
      widgets: dashboard.widgets.map((widget) => ({
        ...widget,
        variables: (widget.variables as string[]).map((id) => ({ id })),
      })),
    }));
    const state = { dashboards, links, version: 3, newId: this.newId } as const;
    return planDashboards(state, readDashboards(wanted), prune).steps;
  }

  carryOut(steps: readonly PlanStep[]): void {
    for (const { operation, path, body } of structuredClone(steps) as PlanStep[]) {
      const fields = (body ?? {}) as BodyFields;
      const thing = path.id === undefined ? undefined : this.things.find(({ id }) => id === path.id);
      const dashboard = path.id === undefined ? undefined : this.dashboards.find(({ id }) => id === path.id);
      if (operation === "things_v2#create") this.#createThing(fields);
      else if (operation === "things_v2#update") Object.assign(thing!, fields);
      else if (operation === "things_v2#delete") this.things = this.things.filter((each) => each !== thing);
      else if (operation === "things_v2_tags#upsert") thing!.tags[String(fields.key)] = fields.value;
      else if (operation === "things_v2_tags#delete") Reflect.deleteProperty(thing!.tags, path.key!);
      else if (operation === "properties_v2#create") thing!.properties.push({ ...fields, id: this.newId() });
      else if (operation === "properties_v2#update")
        Object.assign(
          thing!.properties.find(({ id }) => id === path.pid)!,
          fields,
        );
      else if (operation === "properties_v2#delete")
        thing!.properties = thing!.properties.filter(({ id }) => id !== path.pid);
      else if (operation === "dashboards_v3#create")
        this.dashboards.push({ pages: [], widgets: [], ...fields, id: this.newId() });
      else if (operation === "dashboards_v3#patch") Object.assign(dashboard!, fields);
      else if (operation === "dashboards_v2#delete")
        this.dashboards = this.dashboards.filter((each) => each !== dashboard);
      else throw new Error(`The model knows no ${operation}.`);
    }
  }

  #createThing({ tags = [], properties = [], ...fields }: BodyFields): void {
    this.things.push({
      ...fields,
      id: this.newId(),
      tags: Object.fromEntries((tags as { key: string; value: string }[]).map(({ key, value }) => [key, value])),
      properties: (properties as BodyFields[]).map((property) => ({ ...property, id: this.newId() })),
    });
  }
}
