from sellers.models.seller import FormerSlug, Member, Phone, Seller

__all__ = ["FormerSlug", "Member", "Phone", "Seller"]
