// A service as a process: listens, says that it is ready, and ends in order.
import type Koa from 'koa';
import type { Server } from 'node:http';

/**
 * Listens on the loopback address. Tells the parent process { is: 'ready' }; ends on SIGTERM, SIGINT, and when the
 * parent is gone. A taken port is one line on stderr and exit code 1.
 */
export function serve(app: Koa, port: number): Server {
  const server = app.listen(port, 'localhost', () => process.send?.({ is: 'ready' }));
  server.on('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? `localhost:${port} is taken by another program` : error.message;
    process.stderr.write(`PORT: ${why}\n`);
    process.exit(1);
  });
  const end = (): void => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    // A request that hangs must not keep the process.
    setTimeout(() => process.exit(0), 3_000).unref();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.once('disconnect', end);
  return server;
}
