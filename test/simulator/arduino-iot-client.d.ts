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
  }

  export class DevicesV2PassApi {
    constructor(client: ApiClient);
    devicesV2PassGet(id: string, options?: Options): Promise<Model>;
    devicesV2PassSet(id: string, body: object, options?: Options): Promise<Model>;
    devicesV2PassCheck(id: string, body: object, options?: Options): Promise<void>;
    devicesV2PassDelete(id: string, options?: Options): Promise<void>;
  }
}
