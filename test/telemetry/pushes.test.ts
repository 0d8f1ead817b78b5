import { describe, expect, it } from "vitest";
import { createPushObserver } from "../../src/telemetry/pushes.ts";

describe("createPushObserver", () => {
  it("gives no family before the first push", () => {
    expect(createPushObserver().collect(0)).toEqual([]);
  });

  it("names, types, labels and explains the families as the reference does", () => {
    const pushes = createPushObserver();
    pushes.observe("put", 0.25, 135, 0);
    const points = [0.1, 0.5, 0.9];
    expect(pushes.collect(0)).toEqual([
      {
        name: "pushgateway_http_push_duration_seconds",
        type: "summary",
        help: "HTTP request duration for pushes to the Pushgateway.",
        labels: ['method="put"'],
        samples: [{ count: 1, sum: 0.25, points, values: [0.25, 0.25, 0.25] }],
      },
      {
        name: "pushgateway_http_push_size_bytes",
        type: "summary",
        help: "HTTP request size for pushes to the Pushgateway.",
        labels: ['method="put"'],
        samples: [{ count: 1, sum: 135, points, values: [135, 135, 135] }],
      },
    ]);
  });

  it("keeps the methods apart, post first whichever came first", () => {
    const pushes = createPushObserver();
    pushes.observe("put", 1, 10, 0);
    pushes.observe("post", 2, 20, 0);
    pushes.observe("post", 3, 30, 0);
    const [durations, sizes] = pushes.collect(0);
    expect(durations).toMatchObject({
      labels: ['method="post"', 'method="put"'],
      samples: [{ count: 2, sum: 5 }, { count: 1, sum: 1 }],
    });
    expect(sizes).toMatchObject({
      labels: ['method="post"', 'method="put"'],
      samples: [{ count: 2, sum: 50 }, { count: 1, sum: 10 }],
    });
  });

  it("forgets quantiles after ten minutes, never sum and count", () => {
    const pushes = createPushObserver();
    pushes.observe("post", 0.5, 100, 0);
    expect(pushes.collect(600_000)[0]?.samples)
      .toEqual([{ count: 1, sum: 0.5, points: [0.1, 0.5, 0.9], values: [NaN, NaN, NaN] }]);
  });

  it("leaves the families it gave before as they were", () => {
    const pushes = createPushObserver();
    pushes.observe("post", 0.5, 100, 0);
    const [before] = pushes.collect(0);
    pushes.observe("post", 0.7, 100, 0);
    expect(before?.samples[0]).toMatchObject({ count: 1, sum: 0.5 });
  });
});
