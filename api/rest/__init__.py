"""REST: one blueprint per noun, and the marshmallow schemas of its bodies."""
