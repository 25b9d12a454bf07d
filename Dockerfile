# An image of this clone: docker build --tag agproxy .
# How it is run: docs/deploy.md

# Not Alpine: some tools of the build come for glibc alone.
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund
RUN npm run build
RUN mkdir packed && npm pack --ignore-scripts --workspaces --include-workspace-root --pack-destination packed

# What people get from npm, and nothing that it was built with.
FROM node:24-alpine AS install
WORKDIR /agproxy
COPY --from=build /source/packed packed
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund ./packed/*.tgz

FROM node:24-alpine
COPY --from=install /agproxy/node_modules /agproxy/node_modules
# Above the config file, so that the port below is the one. Callers need a key, since other machines can connect.
ENV NODE_ENV=production AGPROXY_HOST=0.0.0.0 AGPROXY_PORT=8045
# For the config, and for what agproxy keeps.
WORKDIR /home/node
USER node
EXPOSE 8045
# A refusal is a sign of life too: some ask for a key here.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["node", "--input-type=module", "--eval", "const { status } = await fetch('http://127.0.0.1:' + process.env.AGPROXY_PORT + '/healthz'); process.exit(status < 500 ? 0 : 1)"]
ENTRYPOINT ["node", "/agproxy/node_modules/agproxy/bin/agproxy.js"]
CMD ["start"]
