import { certificateRoutes } from "./certificates";
import { deviceRoutes } from "./devices";
import { propertyRoutes } from "./properties";
import { propertyTypeRoutes } from "./property-types";
import { publishRoutes } from "./publish";
import { deviceHistoryRoutes } from "./device-history";
import { hardwareRoutes } from "./hardware";
import { sketchRoutes } from "./sketches";
import { dashboardRoutes } from "./dashboards";
import { shareRoutes } from "./shares";
import { triggerRoutes } from "./triggers";
import { actionRoutes } from "./actions";
import { templateRoutes } from "./templates";
import { networkRoutes } from "./network";
import { loraRoutes } from "./lora";
import { otaRoutes } from "./ota";
import type { Route } from "./route";
import { seriesRoutes } from "./series";
import { thingRoutes } from "./things";

/** Every operation that the simulator serves; a new resource adds its rows here. */
export const routes: readonly Route[] = [
  ...thingRoutes,
  ...propertyRoutes,
  ...publishRoutes,
  ...propertyTypeRoutes,
  ...seriesRoutes,
  ...deviceRoutes,
  ...certificateRoutes,
  ...deviceHistoryRoutes,
  ...hardwareRoutes,
  ...sketchRoutes,
  ...dashboardRoutes,
  ...shareRoutes,
  ...triggerRoutes,
  ...actionRoutes,
  ...templateRoutes,
  ...networkRoutes,
  ...loraRoutes,
  ...otaRoutes,
];
