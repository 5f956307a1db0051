/* SPDX-License-Identifier: Apache-2.0 */
/* A shared library with one exported, one hidden and one imported symbol, for the ELF reader's
 * tests. */
int printf(const char* format, ...);

int hidden_number = 2;
int print_number(void);

__attribute__((visibility("default"))) int print_number(void) {
  return printf("%d\n", hidden_number);
}
