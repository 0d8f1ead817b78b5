/** Fills a gateway with groups. */

import { createNumbers, pushBody } from "./body.ts";
import { openConnections } from "./connection.ts";
import { groupPath, pushRequest } from "./request.ts";

const CONNECTIONS = 32;

/** Pushes once to every group from 0 on. */
export async function fill(url: string, groups: number): Promise<void> {
  const next = createNumbers(groups);
  const connections = await openConnections(url, Math.min(CONNECTIONS, groups));
  let group = 0;
  await Promise.all(connections.map(async (connection) => {
    while (group < groups) {
      await connection.succeed(pushRequest(groupPath(group++), pushBody(next)));
    }
    connection.close();
  }));
}
