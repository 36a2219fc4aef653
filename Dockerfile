# The product as one image; docker-compose.yml starts each of its processes from it.
FROM node:22-slim AS javascript
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PARLEY_DATA=/data
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin parley \
    && install --directory --owner parley --mode 700 /data /simulator
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes --only-binary=:all: --requirement requirements/run.txt
COPY --from=javascript /app/node_modules node_modules
COPY . .
RUN python -m config.launch.catalogues && python -m compileall -q .
USER parley
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "config.launch", "only", "web"]
