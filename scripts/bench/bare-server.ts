/** L: the least that a server on Bun can do with a push, which is to read the body and to answer 200. */

interface Server {
  readonly port: number;
}

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch: (request: Request) => Promise<Response>;
  }): Server;
};

const server: Server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    await request.arrayBuffer();
    return new Response(null, { status: 200 });
  },
});
// deno-lint-ignore no-console -- read by the bench
console.error(`level=info msg="Listening on" address=127.0.0.1:${server.port}`);
