// Every component in every state, to be looked at; served in development only.
import { mount } from 'svelte';
import '../src/app.css';
import Gallery from './Gallery.svelte';

const target = document.getElementById('app');
if (target) mount(Gallery, { target });
