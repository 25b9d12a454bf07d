export * from "@agproxy/core/testing";
