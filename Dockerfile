# The identity provider for production: PostgreSQL and Redis stand outside and come from the environment.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node config/tooling/build.mjs

FROM node:24-slim
ENV NODE_ENV=production \
    TONGXING_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are the Node and the PostgreSQL of development: this image has the one and never runs the other.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY config ./config
COPY migrations ./migrations
COPY --from=build /app/dist ./dist
# Owned by root and only read: the process can change nothing it runs from.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.TONGXING_HTTP__PORT || 3000) + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/idp/main.js"]
