/** Our client without Node-RED. */
import { createRest } from "../../cloud/rest";
import { RawReader } from "../../cloud/history/raw-reader";
import { pagesOf } from "../../cloud/history/page-reader";
import { answerJobs, windowOf } from "./history-protocol";

answerJobs(async ({ cloud, requestsPerSecond, check }, digest) => {
  const rest = createRest({
    ...{ baseUrl: cloud.baseUrl, clientId: cloud.clientId, clientSecret: cloud.clientSecret },
    ...{ organization: "", audience: "", requestsPerSecond },
  });
  const onOverflow = (): void => console.error("an instant overflows");
  const windows = [{ propertyId: cloud.propertyId, ...windowOf(cloud.history) }];
  for await (const page of pagesOf(new RawReader({ client: rest.client, windows, onOverflow }))) {
    if (check) for (const { timestamp, value } of page) digest.add(timestamp, Number(value));
    else digest.points += page.length;
  }
  rest.close();
});
