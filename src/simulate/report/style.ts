import { PLOT_STYLE, PLOT_THEMES } from "../plot/theme.ts";

/** The style sheet of a report. In print it is light. */
export const STYLE: string = `:root{${PLOT_THEMES.light}}
@media screen and (prefers-color-scheme:dark){:root{${PLOT_THEMES.dark}}}
${PLOT_STYLE}
*{box-sizing:border-box}
body{margin:0;background:var(--plot-page);color:var(--plot-text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:break-word}
main{max-width:1280px;margin:0 auto;padding:32px 20px 56px}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .5em;font-weight:650}
h2{font-size:1.05rem;line-height:1.35;margin:0 0 .5em;font-weight:650}
p{margin:0 0 .5em;max-width:76ch}
.summary{color:var(--plot-quiet)}
.partial{border:2px solid var(--plot-bad);border-radius:10px;padding:.6em .9em;max-width:none}
.partial strong{color:var(--plot-bad)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0}
.figures>div,.card,.verdicts{background:var(--plot-ground);border:1px solid var(--plot-line);border-radius:10px}
.figures>div{padding:12px 16px}
dt{color:var(--plot-quiet);font-size:.8125rem;overflow-wrap:anywhere}
dd{margin:0;font-size:1.5rem;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums}
dd.note{font-size:.8125rem;font-weight:400;color:var(--plot-quiet)}
.verdicts{padding:18px 24px;margin:20px 0}
ul{margin:0;padding:0;list-style:none}
li{margin:.3em 0;padding-left:12px;border-left:3px solid var(--plot-line);max-width:110ch}
li.fail{border-color:var(--plot-bad)}
li.pass{border-color:var(--plot-good)}
.kind{font-weight:600}
.pass .kind{color:var(--plot-good)}
.fail .kind{color:var(--plot-bad)}
.sections{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:20px}
.card{padding:20px 24px;min-width:0}
.wide{grid-column:1/-1}
figure{margin:14px 0 0}
figure>:has(.over){overflow-x:auto}
.plot{display:block;width:100%;height:auto;overflow:visible}
.plot.over{width:auto}
.phone{display:none}
.wide .half{display:none}
details{margin-top:14px}
summary{color:var(--plot-quiet);font-size:.8125rem;cursor:pointer}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--plot-text);outline-offset:2px}
details[open] summary{margin-bottom:.6em}
.scroll{overflow-x:auto;margin:8px 0 0;background:linear-gradient(to right,var(--plot-ground) 40%,transparent) left/48px 100% no-repeat local,linear-gradient(to left,var(--plot-ground) 40%,transparent) right/48px 100% no-repeat local,linear-gradient(to right,var(--plot-quiet),transparent) left/10px 100% no-repeat scroll,linear-gradient(to left,var(--plot-quiet),transparent) right/10px 100% no-repeat scroll}
.hint{display:none;color:var(--plot-quiet);font-size:.75rem;margin:10px 0 0}
table{border-collapse:collapse;font-size:.8125rem;font-variant-numeric:tabular-nums;min-width:100%}
caption{text-align:left;color:var(--plot-quiet);padding-bottom:.5em}
th,td{text-align:left;vertical-align:top;padding:.35em 1.1em .35em 0;border-bottom:1px solid var(--plot-line);max-width:32em}
th:last-child,td:last-child{padding-right:0}
tr:last-child>*{border-bottom:0}
thead th{color:var(--plot-quiet);font-weight:600;vertical-align:bottom;border-bottom:1px solid var(--plot-line)!important}
tbody th{font-weight:400;min-width:6em}
td{overflow-wrap:anywhere}
td:not(.number):not(.short){min-width:14em}
.short,td.number{white-space:nowrap}
.number{text-align:right}
${[1, 2, 3, 4, 5, 6].map((places) => `.pad${places}{display:inline-block;width:${places}ch}`).join("\n")}
@media (max-width:1023px){
.sections{grid-template-columns:minmax(0,1fr)}
.whole{display:none}
.wide .half{display:block}
.half{max-width:720px}
}
@media (max-width:559px){
main{padding:20px 10px 32px}
h1{font-size:1.35rem}
.card,.verdicts{padding:16px 17px}
.figures{grid-template-columns:1fr 1fr;gap:10px}
.figures>div{padding:10px 12px}
dd{font-size:1.25rem}
.phone{display:block}
.half,.wide .half{display:none}
.hint{display:block}
}
@media print{
body{background:none}
main{max-width:none;padding:0}
.sections{display:block}
.card{break-inside:avoid;margin-bottom:14px}
.scroll{overflow:visible;background:none}
.hint{display:none}
.plot .box{display:none}
details::details-content{content-visibility:visible;display:block}
h2{break-after:avoid}
figure,tr,li{break-inside:avoid}
}`;
