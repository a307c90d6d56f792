# A scheduler or a worker of sweeps, with all that a run needs: docs/sweeps.md says how it is used.
FROM node:20-bookworm-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates g++ python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /project
RUN chown node:node /project
USER node
COPY --chown=node:node . .

# Sets everything up, and proves that TensorFlow computes; the caches of npm and pip do not stay in the image.
RUN node scripts/sweep/sweep.mjs dask --version \
    && rm -rf "$HOME/.npm" "$HOME/.cache"

ENTRYPOINT ["node", "scripts/sweep/sweep.mjs", "dask"]
CMD ["--help"]
