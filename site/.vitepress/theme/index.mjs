import DefaultTheme from 'vitepress/theme';
import { useData, withBase } from 'vitepress';
import { h } from 'vue';
import './style.css';

/** A link to the Markdown source of the page, for readers without a browser. */
const AsMarkdown = {
  setup() {
    const { page } = useData();
    return () => h('a', { class: 'as-markdown', href: withBase(`/${page.value.filePath}`), target: '_self' }, 'This page as Markdown');
  },
};

export default { extends: DefaultTheme, Layout: () => h(DefaultTheme.Layout, null, { 'doc-footer-before': () => h(AsMarkdown) }) };
