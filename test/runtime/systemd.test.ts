import { describe, expect, it } from "vitest";
import { type Environment, takePassedSockets } from "../../src/runtime/systemd.ts";

const PID = 4711;

describe("takePassedSockets", () => {
  it.each<[string, Environment, { fd: number; name: string }[]]>([
    ["nothing", {}, []],
    ["one", { LISTEN_PID: "4711", LISTEN_FDS: "1" }, [{ fd: 3, name: "unknown" }]],
    ["several, with names", {
      LISTEN_PID: "4711",
      LISTEN_FDS: "3",
      LISTEN_FDNAMES: "web::narthex.socket",
    }, [{ fd: 3, name: "web" }, { fd: 4, name: "unknown" }, { fd: 5, name: "narthex.socket" }]],
    ["more sockets than names", {
      LISTEN_PID: "4711",
      LISTEN_FDS: "2",
      LISTEN_FDNAMES: "web",
    }, [{ fd: 3, name: "web" }, { fd: 4, name: "unknown" }]],
    ["none", { LISTEN_PID: "4711", LISTEN_FDS: "0" }, []],
    ["for another process", { LISTEN_PID: "1", LISTEN_FDS: "1" }, []],
    ["for nobody", { LISTEN_FDS: "1" }, []],
    ["no number", { LISTEN_PID: "4711", LISTEN_FDS: "many" }, []],
    ["a negative number", { LISTEN_PID: "4711", LISTEN_FDS: "-1" }, []],
    ["an absurd number", { LISTEN_PID: "4711", LISTEN_FDS: "999999999" }, []],
    ["an empty number", { LISTEN_PID: "4711", LISTEN_FDS: "" }, []],
  ])("%s", (_, variables, sockets) => {
    const env: Environment = { ...variables, PATH: "/bin" };
    expect(takePassedSockets(env, PID)).toEqual(sockets);
    expect(env).toEqual({ PATH: "/bin" });
  });

  it("gives them once", () => {
    const env: Environment = { LISTEN_PID: "4711", LISTEN_FDS: "1" };
    expect(takePassedSockets(env, PID)).toHaveLength(1);
    expect(takePassedSockets(env, PID)).toHaveLength(0);
  });
});
