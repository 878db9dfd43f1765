/** See build.js. */
declare function build(jest?: { nonFlagArgs?: string[] }): Promise<void>;
export = build;
