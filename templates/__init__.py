"""What does the product say? Texts by language and audience, web pages, and one way to render them."""
