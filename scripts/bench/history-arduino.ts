/** What users do with Arduino's own client: page by the last time and a millisecond. */
import * as arduino from "@arduino/arduino-iot-client";
import { answerJobs, windowOf } from "./history-protocol";

interface Answer {
  responses: { times: Date[]; values: number[] }[];
}

answerJobs(async ({ cloud, check }, digest) => {
  const client = new arduino.ApiClient(cloud.baseUrl);
  client.authentications.oauth2.accessToken = cloud.token;
  const series = new arduino.SeriesV2Api(client);
  const window = windowOf(cloud.history);
  for (let from = window.from; ;) {
    const request = { q: `property.${cloud.propertyId}`, from, to: window.to, sort: "ASC", series_limit: 1_000 };
    const answer = (await series.seriesV2BatchQueryRaw({ resp_version: 1, requests: [request] })) as unknown as Answer;
    const { times = [], values = [] } = answer.responses[0] ?? {};
    if (check) times.forEach((time, index) => digest.add(time.getTime(), values[index] ?? NaN));
    else digest.points += times.length;
    const last = times.at(-1);
    if (last === undefined || times.length < 1_000) return;
    from = new Date(last.getTime() + 1).toISOString();
  }
});
