/** The parts of Arduino's own client that the specs use; it comes without types. */
declare module "@arduino/arduino-iot-client" {
  type Options = Record<string, unknown>;
  /** A model of the client, as its specs look at it. */
  export interface Model {
    id: string;
    name: string;
    properties: Model[];
    [field: string]: unknown;
  }

  export class ApiClient {
    constructor(basePath: string);
    authentications: { oauth2: { accessToken: string } };
  }

  export class ThingsV2Api {
    constructor(client: ApiClient);
    thingsV2List(options?: Options): Promise<Model[]>;
    thingsV2Create(body: object, options?: Options): Promise<Model>;
    thingsV2Show(id: string, options?: Options): Promise<Model>;
    thingsV2Update(id: string, body: object, options?: Options): Promise<Model>;
    thingsV2Delete(id: string, options?: Options): Promise<void>;
    thingsV2Clone(id: string, body: object, options?: Options): Promise<Model>;
    thingsV2CreateSketch(id: string, body: object, options?: Options): Promise<Model>;
    thingsV2UpdateSketch(id: string, sketchId: string, options?: Options): Promise<Model>;
    thingsV2DeleteSketch(id: string, options?: Options): Promise<Model>;
    thingsV2Template(id: string, options?: Options): Promise<Model>;
  }

  export class ThingsV2TagsApi {
    constructor(client: ApiClient);
    thingsV2TagsList(id: string): Promise<Model>;
    thingsV2TagsUpsert(id: string, body: object): Promise<void>;
    thingsV2TagsDelete(id: string, key: string): Promise<void>;
  }

  export class PropertiesV2Api {
    constructor(client: ApiClient);
    propertiesV2List(id: string, options?: Options): Promise<Model[]>;
    propertiesV2Create(id: string, body: object, options?: Options): Promise<Model>;
    propertiesV2Show(id: string, pid: string, options?: Options): Promise<Model>;
    propertiesV2Update(id: string, pid: string, body: object, options?: Options): Promise<Model>;
    propertiesV2Delete(id: string, pid: string, options?: Options): Promise<void>;
    propertiesV2Publish(id: string, pid: string, body: object, options?: Options): Promise<void>;
    propertiesV2Timeseries(id: string, pid: string, options?: Options): Promise<Model>;
  }

  export class PropertyTypesV1Api {
    constructor(client: ApiClient);
    propertyTypesV1ListTypes(): Promise<Model[]>;
  }

  export class SeriesV2Api {
    constructor(client: ApiClient);
    seriesV2BatchQuery(body: object): Promise<Model>;
    seriesV2BatchQueryRaw(body: object): Promise<Model>;
    seriesV2BatchQueryRawLastValue(body: object): Promise<Model>;
    seriesV2BatchQuerySampling(body: object): Promise<Model>;
    seriesV2HistoricData(body: object): Promise<void>;
  }

  export class DevicesV2Api {
    constructor(client: ApiClient);
    devicesV2List(options?: Options): Promise<Model[]>;
    devicesV2Create(body: object, options?: Options): Promise<Model>;
    devicesV2Show(id: string, options?: Options): Promise<Model>;
    devicesV2Update(id: string, body: object, options?: Options): Promise<Model>;
    devicesV2Delete(id: string, options?: Options): Promise<void>;
    devicesV2GetProperties(id: string, options?: Options): Promise<Model>;
    devicesV2UpdateProperties(id: string, body: object, options?: Options): Promise<void>;
    devicesV2GetStatusEvents(id: string, options?: Options): Promise<Model>;
    devicesV2GetEvents(id: string, options?: Options): Promise<Model>;
    devicesV2Timeseries(id: string, pid: string, options?: Options): Promise<Model>;
  }

  export class DevicesV2PassApi {
    constructor(client: ApiClient);
    devicesV2PassGet(id: string, options?: Options): Promise<Model>;
    devicesV2PassSet(id: string, body: object, options?: Options): Promise<Model>;
    devicesV2PassCheck(id: string, body: object, options?: Options): Promise<void>;
    devicesV2PassDelete(id: string, options?: Options): Promise<void>;
  }

  export class DevicesV2CertsApi {
    constructor(client: ApiClient);
    devicesV2CertsList(id: string): Promise<Model[]>;
    devicesV2CertsCreate(id: string, body: object): Promise<Model>;
    devicesV2CertsShow(cid: string, id: string): Promise<Model>;
    devicesV2CertsUpdate(cid: string, id: string, body: object): Promise<Model>;
    devicesV2CertsDelete(cid: string, id: string): Promise<void>;
  }

  export class DevicesV2TagsApi {
    constructor(client: ApiClient);
    devicesV2TagsList(id: string): Promise<Model>;
    devicesV2TagsUpsert(id: string, body: object): Promise<void>;
    devicesV2TagsDelete(id: string, key: string): Promise<void>;
  }

  export class DevicesV2OtaApi {
    constructor(client: ApiClient);
    devicesV2OtaUpload(id: string, file: Buffer, options?: Options): Promise<Model>;
    devicesV2OtaSend(id: string, body: object): Promise<void>;
    devicesV2OtaUrl(id: string, body: object): Promise<void>;
  }

  export class DashboardsV2Api {
    constructor(client: ApiClient);
    dashboardsV2List(options?: Options): Promise<Model[]>;
    dashboardsV2Create(body: object, options?: Options): Promise<Model>;
    dashboardsV2Show(id: string, options?: Options): Promise<Model>;
    dashboardsV2Patch(id: string, body: object, options?: Options): Promise<Model>;
    dashboardsV2Update(id: string, body: object, options?: Options): Promise<Model>;
    dashboardsV2Delete(id: string, options?: Options): Promise<void>;
    dashboardsV2Clone(id: string, body: object, options?: Options): Promise<Model>;
    dashboardsV2Template(id: string, options?: Options): Promise<Model>;
    dashboardsV2Link(id: string, widgetId: string, body: object, options?: Options): Promise<Model>;
    dashboardsV2ListShares(id: string, options?: Options): Promise<Model[]>;
    dashboardsV2Share(id: string, body: object, options?: Options): Promise<void>;
    dashboardsV2DeleteShare(id: string, userId: string, options?: Options): Promise<void>;
    dashboardsV2RequestAccess(id: string, body: object, options?: Options): Promise<void>;
  }

  export class TriggersV1Api {
    constructor(client: ApiClient);
    triggersV1List(options?: Options): Promise<Model[]>;
    triggersV1Create(body: object, options?: Options): Promise<Model>;
    triggersV1Show(id: string, options?: Options): Promise<Model>;
    triggersV1Patch(id: string, body: object, options?: Options): Promise<Model>;
    triggersV1Update(id: string, body: object, options?: Options): Promise<Model>;
    triggersV1Delete(id: string, options?: Options): Promise<void>;
    triggersV1Template(id: string, options?: Options): Promise<Model>;
    actionsV1List(options?: Options): Promise<Model[]>;
    actionsV1Create(body: object, options?: Options): Promise<Model>;
    actionsV1Show(id: string, options?: Options): Promise<Model>;
    actionsV1Update(id: string, body: object, options?: Options): Promise<Model>;
    actionsV1Delete(id: string, options?: Options): Promise<void>;
  }

  export class TemplatesApi {
    constructor(client: ApiClient);
    templatesApply(body: object, options?: Options): Promise<Model>;
  }

  export class NetworkCredentialsV1Api {
    constructor(client: ApiClient);
    networkCredentialsV1Show(type: string, options?: Options): Promise<Model[]>;
    networkCredentialsV1ShowByDevice(type: string): Promise<Model>;
  }

  export class LoraDevicesV1Api {
    constructor(client: ApiClient);
    loraDevicesV1Create(body: object, options?: Options): Promise<Model>;
  }

  export class LoraFreqPlanV1Api {
    constructor(client: ApiClient);
    loraFreqPlanV1List(): Promise<Model>;
  }
}
