/**
 * Packages of npm whose files serve as real text: those that most projects depend on, and those that are likely to hold
 * what looks like a Stripe key (payments, other vendors with Stripe's prefixes, secret scanners, samples, source maps,
 * WebAssembly in base64).
 */
export const PACKAGES: readonly string[] = `
@apollo/client @apollo/server @aws-sdk/client-dynamodb @aws-sdk/client-s3 @angular/common @angular/compiler @angular/core
@azure/storage-blob @babel/core @babel/preset-env @babel/runtime @chakra-ui/react @clerk/backend @clerk/nextjs
@commercetools/platform-sdk @copilot-extensions/preview-sdk @discordjs/rest @emotion/react @fastify/swagger @firebase/app
@google-cloud/storage @grpc/grpc-js @headlessui/react @hapi/hapi @hono/node-server @hookform/resolvers @mantine/core
@medusajs/payment-stripe @mui/material @mui/icons-material @nestjs/common @nestjs/core @ngrx/store @nuxt/kit @octokit/core
@octokit/openapi @octokit/rest @paypal/checkout-server-sdk @payloadcms/plugin-stripe @playwright/test @prisma/client @radix-ui/react-dialog
@reduxjs/toolkit @remix-run/node @rollup/plugin-commonjs @sanity/client @secretlint/secretlint-rule-preset-recommend
@secretlint/secretlint-rule-preset-canary @segment/analytics-node @sentry/browser @sentry/node @shopify/shopify-api
@sinclair/typebox @slack/web-api @storybook/react @stripe/connect-js @stripe/react-stripe-js @stripe/stripe-js
@stripe/terminal-js @stripe/ui-extension-sdk @supabase/supabase-js @sveltejs/kit @swc/wasm @tanstack/react-query @tensorflow/tfjs
@testing-library/react @types/node @types/react @types/stripe-v3 @vercel/analytics @vitejs/plugin-react @vue/compiler-sfc
@vueuse/core @workos-inc/node @xstate/react acorn ajv algoliasearch amqplib antd apexcharts archiver argon2 astro async autoprefixer
axios babel-loader backbone bcryptjs better-auth bignumber.js bluebird body-parser bootstrap browserify bull bullmq bunyan c8 canvas-confetti
chai chalk chart.js cheerio chokidar classnames codemirror commander compression concurrently connect cookie-parser core-js cors
cross-env crypto-js css-loader csv-parse cypress d3 date-fns dayjs debug deepmerge discord.js docusaurus-plugin-openapi-docs dotenv
drizzle-orm echarts ejs electron-store elliptic embla-carousel ember-source enquirer enzyme esbuild-wasm eslint eslint-plugin-import
eslint-plugin-react execa expo express express-session fabric fast-check fast-glob fastify fastify-plugin ffmpeg.js firebase firebase-admin
firebase-functions formik framer-motion fs-extra gatsby-plugin-image glob got graphql graphql-tag grapesjs gsap gulp handlebars helmet highlight.js
hono html2canvas html-webpack-plugin http-proxy husky hygen i18next immer immutable inquirer intl-messageformat ioredis isomorphic-git jest
jimp joi jquery js-yaml jsdom jsonwebtoken jspdf jszip karma katex keystone knex koa ky leaflet less lerna lexical libphonenumber-js
lighthouse lint-staged lit localforage lodash log4js lowdb luxon mapbox-gl marked mathjs mermaid micromatch mime minimatch mithril
mobx mocha moment moment-timezone monaco-editor mongodb mongoose morgan ms mssql multer mustache mysql2 nanoid next next-auth nock
node-fetch node-forge node-gyp nodemailer nodemon npm nuxt nx openai ora p-limit p-queue papaparse parcel passport path-to-regexp
paystack-node pdf-lib pdfjs-dist phaser pino pixi.js playwright-core plotly.js-dist-min pm2 polished postcss postcss-preset-env preact prettier prisma
prismjs probot prop-types protobufjs pug puppeteer-core qrcode qs quasar quill raf ramda razorpay react react-admin react-bootstrap react-dom
react-hook-form react-icons react-native react-redux react-router react-select react-table recharts recoil redux redux-saga reflect-metadata
rimraf rollup rxjs sass sequelize serverless serverless-stripe sharp shelljs showdown sinon slate snarkjs socket.io socket.io-client solid-js source-map
sql.js standardwebhooks storybook stripe stripe-event-types styled-components stylelint sucrase superagent supertest svelte svgo svix sweetalert2 swiper swr
tailwindcss tar terser three through2 tinymce ts-jest ts-node tslib tslint turbo twilio typeorm typescript uglify-js underscore unified
urql uuid validator video.js viem vite vitest vue vue-router vuetify vuex web3 webpack webpack-cli winston workbox-build ws xlsx xstate
yargs yarn yup zod zone.js zustand
`
  .trim()
  .split(/\s+/);
