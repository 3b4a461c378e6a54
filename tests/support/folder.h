#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

/* A folder of a test's own, below /tmp. Ends the test program when it cannot be had. */

enum { FOLDER_SIZE = 32 };

/* Makes one and says which. folder_enter() goes there too. */
void folder_make(char folder[FOLDER_SIZE]);
void folder_enter(char folder[FOLDER_SIZE]);

/* Takes away what is in it, whatever its modes. */
void folder_empty(const char *folder);

/* Takes it away as well; whoever stands in it stands at the root then. */
void folder_remove(const char *folder);

/* Makes a file, or what is in it, this text. */
void folder_write(const char *path, const char *text);

#endif
