import '@fontsource-variable/inter/wght.css'
import 'uplot/dist/uPlot.min.css'
import './style/tokens.css'
import './style/base.css'
import './style/tables.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { connect } from './connection.ts'
import { Live } from './live.svelte.ts'
import { session } from './session.svelte.ts'
import { appearance } from './theme.svelte.ts'

appearance.apply()
const live = new Live()
void session.ask()
const feed = connect(live)
mount(App, { target: document.getElementById('app')!, props: { live, feed } })
