import { certificateRoutes } from "./resources/certificates";
import { deviceRoutes } from "./resources/devices";
import { propertyRoutes } from "./resources/properties";
import { propertyTypeRoutes } from "./resources/property-types";
import { publishRoutes } from "./resources/publish";
import { deviceHistoryRoutes } from "./resources/device-history";
import { hardwareRoutes } from "./resources/hardware";
import { sketchRoutes } from "./resources/sketches";
import { dashboardRoutes } from "./resources/dashboards";
import { shareRoutes } from "./resources/shares";
import { triggerRoutes } from "./resources/triggers";
import { actionRoutes } from "./resources/actions";
import { templateRoutes } from "./resources/templates";
import { networkRoutes } from "./resources/network";
import { loraRoutes } from "./resources/lora";
import { otaRoutes } from "./resources/ota";
import type { Route } from "./route";
import { seriesRoutes } from "./resources/series";
import { thingRoutes } from "./resources/things";

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
