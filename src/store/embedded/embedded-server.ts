/** The database server of this process, as clients reach it. */
export interface EmbeddedServer {
  readonly connection: {
    /** The folder of the socket, or 127.0.0.1. */
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  /** Stops the server; call it when its connections are closed. */
  stop(): Promise<void>;
}
