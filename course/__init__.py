"""What is taught, in which order, and the conversation with the reader. Nothing here touches a tensor."""
