# One image, three services: the command says which.
FROM node:24-bookworm-slim AS build
WORKDIR /srv/marquee
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY apps apps
COPY libs libs
COPY tools tools
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /srv/marquee
COPY --from=build --chown=node:node /srv/marquee/package.json ./
COPY --from=build --chown=node:node /srv/marquee/node_modules node_modules
COPY --from=build --chown=node:node /srv/marquee/dist dist
USER 1000:1000
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000 4000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/apps/session-query/src/main.js"]
