/** The examples of docs/using-the-transform.md, word for word. */
package dev.rlmbeam.examples;
